"""Features, whole SAEs, and the models and source sets that they are of, uploaded.

``endpoints`` and ``places`` have the calls, and ``familiar`` those under the names of the service's own upload page.
Below them ``handed``, ``described`` and ``frame`` read what is handed over, ``survey`` looks through all of it before
anything is sent, ``sending`` sends it in batches, and ``journal`` remembers what has landed.
"""
