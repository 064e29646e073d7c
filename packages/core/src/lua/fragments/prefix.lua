-- `running` is the first key of every script; what is found inside (ids, workers, clients) is named from its prefix.
local prefix = string.sub(KEYS[1], 1, -8)
