"""How the states of a membership are called on screen."""

from dordt.workgroups.models import MembershipState

STATE_LABELS = {
    MembershipState.UNCONFIRMED: "Nog niet bevestigd",
    MembershipState.REQUESTED: "Wacht op besluit",
    MembershipState.APPROVED: "Doet mee",
    MembershipState.WAITING: "Op de wachtlijst",
    MembershipState.DECLINED: "Afgewezen",
    MembershipState.LEFT: "Afgemeld",
}
DECISION_LABELS = {
    MembershipState.APPROVED: "Deze bewoner doet mee",
    MembershipState.WAITING: "Op de wachtlijst",
    MembershipState.DECLINED: "Deze bewoner kan niet meedoen",
}
