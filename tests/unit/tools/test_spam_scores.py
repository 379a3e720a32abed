"""What SpamAssassin answers is read right, and what holds no score is not taken for a good one."""

import pytest

from tools.spam.assassin import Result, Unreadable, read

ANSWER = """Received: from localhost by mx.voorbeeld.nl
X-Spam-Status: {}, score={} required=5.0 tests={}
\tautolearn=no autolearn_force=no version=4.0.1
Subject: Nieuws
X-Spam-Note: score=9.9

X-Spam-Status: Yes, score=99 tests=VAN_IEMAND_ANDERS
"""


@pytest.mark.parametrize(
    ("status", "score", "rules", "result"),
    [
        ("No", "-0.3", "HTML_MESSAGE,MAILING_LIST_MULTI", Result(-0.3, ("HTML_MESSAGE", "MAILING_LIST_MULTI"))),
        ("Yes", "7.5", "HTML_MESSAGE,\n\tRCVD_ILLEGAL_IP", Result(7.5, ("HTML_MESSAGE", "RCVD_ILLEGAL_IP"))),
        ("No", "0.0", "none", Result(0.0, ())),
    ],
    ids=["no", "yes, folded", "nothing"],
)
def test_score_and_rules_come_from_the_headers(status: str, score: str, rules: str, result: Result):
    assert read(ANSWER.format(status, score, rules)) == result


@pytest.mark.parametrize("answer", ["", "Subject: Nieuws\n\nX-Spam-Status: No, score=0.0 tests=none autolearn=no"])
def test_an_answer_without_a_score_is_no_result(answer: str):
    with pytest.raises(Unreadable):
        read(answer)
