"""Issues: deficiencies of controls, until someone has checked that the correction works (ISO/IEC 27001, 10.2)."""
