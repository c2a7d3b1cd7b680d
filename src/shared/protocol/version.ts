/** Of what a panel and its host say to each other. Both come in one package; an old page may still be open after an update. */
export const PROTOCOL_VERSION = 1
