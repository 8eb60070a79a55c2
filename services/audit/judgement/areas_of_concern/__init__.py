"""Areas of concern: what could become a nonconformity in stage 2, as stage 1 notes it (ISO/IEC 17021-1, 9.3.1.2).

The auditee sees each from when it is noted, and answers it. The team of stage 1, or of the stage 2 that follows it,
clears it with what shows that it is resolved; or it becomes a nonconformity of stage 2, which nothing else decides.
"""
