"""Report issuances: issuing the approved PDF with its digest and signature, and withdrawing an issued report."""
