"""Pure. One module for each key of the document: from its value, valid by the schema, to wanted effects.

A key may find faults that a schema cannot express (damaged base64, a truncated key); it yields them among the effects.
"""
