"""``GET /<database>/interlock/<model>/<id>``: one record as a plain page, after the user's own log-in."""

from html import escape

from trytond.protocols.wrappers import Response, with_pool, with_transaction
from trytond.wsgi import app

FIELDS = {
    "quality.alert": (
        "number",
        "title",
        "state",
        "interlock_original_id",
        "interlock_mapping_revision",
        "quarantine_reference",
        "tracker_reference",
        "tracker_url",
    ),
    "quality.inspection": ("number", "reference", "state"),
    "stock.lot": ("number",),
    "stock.shipment.internal": (
        "number",
        "reference",
        "state",
        "interlock_key",
        "interlock_original_id",
        "interlock_mapping_revision",
    ),
}


@app.route("/<database_name>/interlock/<model>/<int:record_id>", methods=["GET"])
@app.auth_required
@with_pool
@with_transaction(readonly=True, user="request", context={"_check_access": True})
def record(request, pool, model, record_id):
    """404 for a model that has no page; what the user may not read is Tryton's to refuse."""
    if model not in FIELDS:
        return Response("There is no page for this kind of record.", status=404)
    found = pool.get(model).search([("id", "=", record_id)])
    if not found:
        return Response("There is no such record, or you may not see it.", status=404)
    return Response(_page(model, found[0]), content_type="text/html; charset=utf-8")


def _page(model, found):
    rows = "".join(
        f"<tr><th align=left>{escape(type(found)._fields[name].string)}<td>{escape(str(value))}"
        for name in FIELDS[model]
        if (value := getattr(found, name))
    )
    title = f"{escape(model)} {escape(found.rec_name)}"
    return f"<!doctype html><title>{title}</title><h1>{title}</h1><table cellpadding=6>{rows}</table>"
