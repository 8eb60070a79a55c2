"""Team members: who of the auditing party works on an engagement, in which role, and their independence of the client.

A member signs in to the engagement once their independence is confirmed. Independence is required of each member of the
team (AICPA Code of Professional Conduct, 1.200; ISO/IEC 17021-1, 5.2).
"""
