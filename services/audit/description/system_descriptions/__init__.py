"""System descriptions: the versions of an engagement's description, each approved by others than its authors."""
