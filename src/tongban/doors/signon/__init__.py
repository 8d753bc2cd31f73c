"""The door of single sign-on (统一登录入口): the addresses and pages by which connected systems sign people on and off.

It stands at the portal (for people) and at the workbench (for staff), each an issuer of its own.
"""
