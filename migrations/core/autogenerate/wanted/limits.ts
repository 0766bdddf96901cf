/** Many statements need more locks in one transaction than a server has by default (`max_locks_per_transaction`). */
export const mostInTransaction = 300
