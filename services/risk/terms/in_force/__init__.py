"""The method in force, and the lock of the risk register that whoever follows or changes it takes."""
