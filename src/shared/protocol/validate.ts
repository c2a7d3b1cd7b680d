/** The check of what a page asks, with the contract's schemas. */
import { requestSchemas } from './contract'
import type { ServerOptions } from './peer'

export const validateRequest: ServerOptions['validate'] = (name, params) => requestSchemas[name].safeParse(params)
