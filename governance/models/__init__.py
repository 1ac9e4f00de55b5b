"""The law's tables, one file a model."""

from .approval_policy import ApprovalPolicy
from .attestation import Attestation
from .audit_event import AuditEvent
from .audit_review import AuditReview
from .change_evidence import ChangeEvidence, ChangeImpact, ImpactDisposition
from .change_request import ChangeOperation, ChangeRequest
from .foreign_identity import ForeignIdentity
from .foreign_record import ForeignRecord, ForeignSignature
from .governed import AppendOnlyModel, Evidence, GovernedModel
from .ledger_entry import LedgerEntry
from .past_password import PastPassword
from .permission import PersonObjectPermission, RoleObjectPermission
from .person import Membership, Person, PersonPermission
from .person_session import PersonSession
from .projection import Projection
from .refusal import Refusal
from .revision import EffectiveRevision, Revision
from .sealed_checkpoint import SealedCheckpoint
from .sealed_leaf import SealedLeaf
from .second_factor import RecoveryCode, SecondFactor
from .service_account import ServiceAccount, ServiceToken
from .signature import Signature, SignatureWithdrawal, SigningAttempt, SigningIntent
from .signing import SigningKey, SigningSuspension
from .system import System
from .token_use import TokenUse

__all__ = [
    "AppendOnlyModel",
    "ApprovalPolicy",
    "Attestation",
    "AuditEvent",
    "AuditReview",
    "ChangeEvidence",
    "ChangeImpact",
    "ChangeOperation",
    "ChangeRequest",
    "EffectiveRevision",
    "Evidence",
    "ForeignIdentity",
    "ForeignRecord",
    "ForeignSignature",
    "GovernedModel",
    "ImpactDisposition",
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
    "SealedCheckpoint",
    "SealedLeaf",
    "SecondFactor",
    "ServiceAccount",
    "ServiceToken",
    "Signature",
    "SignatureWithdrawal",
    "SigningAttempt",
    "SigningIntent",
    "SigningKey",
    "SigningSuspension",
    "System",
    "TokenUse",
]
