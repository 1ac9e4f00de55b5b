"""``manage.py signatures``: packages of signed records, and the keys that sign."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.actors import Actor
from governance.errors import Refused
from governance.ledger.verify import Broken, printable, read_keys
from governance.models import ForeignRecord, SigningKey
from governance.services import signed_records
from governance.signing import keys
from governance.signing.statement import digest_of_bytes
from governance.signing.verify_package import check, want_of_keys

BY = Actor("system", "command-line", "Command line", authenticated_by="command line")


class Command(BaseCommand):
    help = "Exports, verifies and imports packages of signed records; makes, registers and retires signing keys."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        leave = acts.add_parser("export", help="A record with its signatures, into a file.")
        leave.add_argument("kind", help="As it stands in its signatures; foreign_record for an imported one.")
        leave.add_argument("id")
        leave.add_argument("file", type=Path)
        leave.add_argument("--reason", required=True)
        verify = acts.add_parser(
            "verify",
            help="Checks a package, without a database; exit code 1 where it is not sound, 2 for want of a pinned key.",
        )
        come = acts.add_parser("import", help="Keeps a package of another installation, as foreign.")
        for one in (verify, come):
            one.add_argument("file", type=Path)
            one.add_argument("--key", action="append", default=[], metavar="KID=PUBLIC", help="A pinned key.")
            one.add_argument("--seal-key", type=Path, help="File of the sealer's public keys, pinned too.")
        come.add_argument("--reason", required=True)
        acts.add_parser("keys", help="The public keys, to be pinned elsewhere.")
        acts.add_parser("new-key", help="A fresh HUB_SIGNING_KEY. It is shown this once.")
        acts.add_parser("register-key", help="Makes the key of HUB_SIGNING_KEY known.").add_argument(
            "--reason", required=True
        )
        retire = acts.add_parser("retire-key", help="From now on it signs nothing.")
        retire.add_argument("kid")
        retire.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['act'].replace('-', '_')}")(options)
        except Refused as error:
            raise CommandError(error.sentence) from None
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from None

    def _export(self, options: dict[str, Any]) -> None:
        kind, key, reason = options["kind"], options["id"], options["reason"]
        if kind == "foreign_record":
            record = ForeignRecord.objects.filter(id=key).first()
            if record is None:
                raise CommandError(f"There is no foreign record {key}.")
            held = signed_records.export_again(record=record, by=BY, reason=reason)
        else:
            held = signed_records.export(kind=kind, subject_id=key, by=BY, reason=reason)
        options["file"].write_bytes(held)
        self.stdout.write(f"{options['file']}: {len(held):,} bytes, {digest_of_bytes(held)}")

    def _verify(self, options: dict[str, Any]) -> None:
        report = check(options["file"].read_bytes(), _pinned(options["key"]), _sealers(options["seal_key"]))
        for one in report.statements:
            said = one["meaning"]["code"], one["signer"]["name"], one["time"]["utc"]
            self.stdout.write(printable("  ".join(said)))
        if not report.is_sound:
            raise CommandError("\n".join(map(printable, report.problems)))
        of = printable(f"{report.manifest['subject']['title']} of {report.manifest['instance']}")
        told = "Sound in itself" if report.lacks else "Sound"
        self.stdout.write(f"{told}: {of}, {len(report.tokens)} signature(s), {len(report.withdrawn)} withdrawn.")
        self.stdout.write(f"{len(report.proven)} of these stand in the sealed log of that installation.")
        for name in report.left_out:
            self.stdout.write(f"{name} is not in the package; the record holds its digest.")
        if report.lacks:
            raise CommandError(f"Could not verify: {want_of_keys(report.lacks)}", returncode=2)

    def _import(self, options: dict[str, Any]) -> None:
        held = options["file"].read_bytes()
        pinned = _pinned(options["key"])
        sealers = _sealers(options["seal_key"])
        record = signed_records.import_package(
            held=held, pinned=pinned, seal_keys=sealers, by=BY, reason=options["reason"]
        )
        self.stdout.write(f"Imported as foreign record {record.id}; it counts as no approval here.")

    def _keys(self, options: dict[str, Any]) -> None:
        for one in SigningKey.objects.order_by("valid_from"):
            until = f" until {one.valid_until:%Y-%m-%d}" if one.valid_until else ""
            self.stdout.write(f"{one.kid}={one.public}  from {one.valid_from:%Y-%m-%d}{until}")

    def _new_key(self, options: dict[str, Any]) -> None:
        self.stdout.write(keys.new_secret())

    def _register_key(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"Registered: {keys.register(by=BY, reason=options['reason']).kid}")

    def _retire_key(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"Retired: {keys.retire(kid=options['kid'], by=BY, reason=options['reason']).kid}")


def _sealers(path: Path | None) -> dict[str, bytes]:
    try:
        return read_keys(path.read_text(encoding="ascii")) if path else {}
    except (Broken, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from None


def _pinned(given: list[str]) -> dict[str, str]:
    found = dict(one.partition("=")[::2] for one in given)
    if not all(found.values()):
        raise CommandError("A pinned key is written as KID=PUBLIC.")
    return found
