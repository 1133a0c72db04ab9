"""The delegations' keys: what is private to one delegation is sealed under a key of its own.

Sealing is envelope encryption (`envelope.py` has the form). The key-encryption keys are in a folder outside the data
and its backups (`folder.py`), or with a service that a government runs itself and can cut (`remote.py`, and
`app/key_service.py` for its side).
"""

from app.keys.envelope import KeyMissing, KeyServiceDown, Tampered
from app.keys.folder import OwnersKeys, StillNeeded
from app.keys.ring import DataKey, KeyRing, Unread

__all__ = ["DataKey", "KeyMissing", "KeyRing", "KeyServiceDown", "OwnersKeys", "StillNeeded", "Tampered", "Unread"]
