"""API descriptions that somebody uploads: read under limits, flattened to fields, compared old with new. No framework.

document = reading.document(text, "new")               # JSON or YAML, bounded and strict
schemas = shapes.schemas_of(document, "new")            # OpenAPI, Swagger or JSON Schema: records by name
fields = shapes.fields_of(schemas["Lot"], document, "new")
changes = comparing.compare(old_fields, fields)         # went, came, renamed perhaps, type, now required
"""
