"""Technical ground on Django without a business noun: actor, ledger, outbox, files, numbering, crypto."""
