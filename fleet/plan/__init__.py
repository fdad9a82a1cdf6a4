"""Story. The kitting plan: reading it, comparing it with the platform, and making the changes.

plan, plan_document, plan_schema, sim_list, plan_file    a plan as a value, from a document and the files beside it
spreadsheet                                              the text of a CSV file as spreadsheets save it
listed_sims                                              which SIM each row of a plan's list names
naming                                                   names of SIMs by a pattern
handler_sentences                                        event handlers as sentences
plan_on_platform                                         the groups and SIMs of a plan
comparison, differences, changes, userdata_fit,
userdata_diff                                            what differs, as a list of changes
preparing                                                makes the changes
"""

__all__ = [
    "changes",
    "comparison",
    "handler_sentences",
    "listed_sims",
    "plan",
    "plan_file",
    "plan_on_platform",
    "preparing",
    "spreadsheet",
]
