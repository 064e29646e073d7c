/** The version of keys, scripts and bytes that this code speaks; `meta.protocol` of a queue holds the one it was made with. */
export const PROTOCOL_VERSION = 1;
