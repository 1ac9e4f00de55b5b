"""The law's tables, one file a model."""

from .attestation import Attestation
from .audit_event import AuditEvent
from .change_request import ChangeOperation, ChangeRequest
from .governed import AppendOnlyModel, Evidence, GovernedModel
from .ledger_entry import LedgerEntry
from .permission import PersonObjectPermission, RoleObjectPermission
from .person import Membership, Person, PersonPermission
from .projection import Projection
from .refusal import Refusal
from .revision import EffectiveRevision, Revision
from .service_account import ServiceAccount, ServiceToken
from .system import System

__all__ = [
    "AppendOnlyModel",
    "Attestation",
    "AuditEvent",
    "ChangeOperation",
    "ChangeRequest",
    "EffectiveRevision",
    "Evidence",
    "GovernedModel",
    "LedgerEntry",
    "Membership",
    "Person",
    "PersonObjectPermission",
    "PersonPermission",
    "Projection",
    "Refusal",
    "Revision",
    "RoleObjectPermission",
    "ServiceAccount",
    "ServiceToken",
    "System",
]
