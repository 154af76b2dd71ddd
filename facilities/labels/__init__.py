"""QR labels of any object, one or many, for A4 sheets and label printers."""
