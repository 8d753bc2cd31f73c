"""Rules of search (检索规则): words, documents, how a question is read and how an answer is weighed. Pure."""
