/** What is wrong with the network between the clients of a proxy and its server. */
export type NetworkFault =
  | { readonly kind: 'none' }
  /** Each way takes so many ms. */
  | { readonly kind: 'slow'; readonly delay: number }
  /** Requests arrive, replies do not; connections stay open. */
  | { readonly kind: 'replies dropped' }
  /** Nothing arrives either way; connections stay open, and new ones open too. */
  | { readonly kind: 'black hole' }
  /** Redis has lost its clients, and they do not know it: as after a router that forgot them. */
  | { readonly kind: 'half-open' }
  /** All connections are broken and none is let in. */
  | { readonly kind: 'refused' };
