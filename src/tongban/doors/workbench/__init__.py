"""The workbench (工作台): the door for officials who handle cases."""
