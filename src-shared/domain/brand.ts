/**
 * A value of `T` that only one function may mint. Two brands over the same `T` do not assign to each other, so a
 * price can not be passed where a quantity is wanted.
 */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

declare const brand: unique symbol;
