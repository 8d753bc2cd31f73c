"""The machine API (机器接口): the door for other systems; the same actions, the same refusals."""
