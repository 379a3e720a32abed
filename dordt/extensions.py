"""The Flask extensions, bare; `create_app` ties them to an application."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from dordt.shared.columns import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="dordt://", headers_enabled=True)  # accounts/rate_storage.py
security = Security()
