"""The pages of the post: what was sent, what came in, who gets nothing, and sending a whole newsletter again."""

from dordt.staff.post.views import again, blocked, received
from dordt.staff.post.views.sent import bp

bp.register_blueprint(blocked.bp)
bp.register_blueprint(received.bp)
bp.register_blueprint(again.bp)
