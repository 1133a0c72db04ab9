"""The engine, transactions, and the session that is bound to a viewer.

Everything that decides who sees a row at run time is in this package: the ORM hook, the check before a
flush, the roles and settings of PostgreSQL, and the few hand-written Core statements.
"""

from app.db.chain import GENESIS, chain_digest, digest_of
from app.db.database import Database, live_sign_in
from app.db.feeds import FeedState
from app.db.sessions import GuardedSession, GuardError

__all__ = [
    "GENESIS",
    "Database",
    "FeedState",
    "GuardError",
    "GuardedSession",
    "chain_digest",
    "digest_of",
    "live_sign_in",
]
