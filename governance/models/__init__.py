"""The law's tables, one file a model."""

from .attestation import Attestation
from .audit_event import AuditEvent
from .change_request import ChangeOperation, ChangeRequest
from .foreign_identity import ForeignIdentity
from .governed import AppendOnlyModel, Evidence, GovernedModel
from .ledger_entry import LedgerEntry
from .past_password import PastPassword
from .permission import PersonObjectPermission, RoleObjectPermission
from .person import Membership, Person, PersonPermission
from .person_session import PersonSession
from .projection import Projection
from .refusal import Refusal
from .revision import EffectiveRevision, Revision
from .second_factor import RecoveryCode, SecondFactor
from .service_account import ServiceAccount, ServiceToken
from .system import System
from .token_use import TokenUse

__all__ = [
    "AppendOnlyModel",
    "Attestation",
    "AuditEvent",
    "ChangeOperation",
    "ChangeRequest",
    "EffectiveRevision",
    "Evidence",
    "ForeignIdentity",
    "GovernedModel",
    "LedgerEntry",
    "Membership",
    "PastPassword",
    "Person",
    "PersonObjectPermission",
    "PersonPermission",
    "PersonSession",
    "Projection",
    "RecoveryCode",
    "Refusal",
    "Revision",
    "RoleObjectPermission",
    "SecondFactor",
    "ServiceAccount",
    "ServiceToken",
    "System",
    "TokenUse",
]
