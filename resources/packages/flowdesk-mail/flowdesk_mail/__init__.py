"""E-mail for flowdesk: read a mailbox by IMAP, send messages by SMTP."""
