"""Public information (公开信息) says what everybody may know: the laws, article by article, and what the organs announce.

Nouns: law (法规), law edition (法规文本: its wording from a day to a day), article (条文); document (信息: a notice, policy,
review rule, FAQ or way to complain, or an entry of the lists of intermediary services 中介服务 and agencies 中介机构),
document edition (信息版本).
Verbs: import a law, import agencies; write, revise, send, approve, send back, withdraw a document.
Invariants: what is published is never changed (triggers refuse) and carries its digest; of one law no two texts are in force
on one day (an exclusion constraint); nothing is published that only its writers have read; what is withdrawn keeps its
address and says so. There is deliberately no way to edit a law by hand, and none to make a published page disappear.
"""
