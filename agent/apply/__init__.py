"""Words. The privileged half's hands, from the thinking to the touching.

nodes         what can be at a path
plan          wanted effects against what is there: ordered steps, each with its reason, and how they are taken back
diff          a plan, shown to people
transaction   the states of one application
records       plans and what is managed, as text
journal       the record that survives a power cut
gateway       the only writer of the machine; tree walks its directories, commands starts its programs
"""
