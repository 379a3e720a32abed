"""How the states of a membership are called on screen."""

from dordt.workgroups.models import MembershipState

STATE_WORDS = {
    MembershipState.UNCONFIRMED: "nog niet bevestigd",
    MembershipState.REQUESTED: "wacht op besluit",
    MembershipState.APPROVED: "doet mee",
    MembershipState.WAITING: "op de wachtlijst",
    MembershipState.DECLINED: "afgewezen",
    MembershipState.LEFT: "afgemeld",
}
DECISION_WORDS = {
    MembershipState.APPROVED: "Deze inwoner doet mee",
    MembershipState.WAITING: "Op de wachtlijst",
    MembershipState.DECLINED: "Deze inwoner kan niet meedoen",
}
