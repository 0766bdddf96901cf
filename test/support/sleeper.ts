// Says so and stays until it is killed.
console.log('here')
setTimeout(() => undefined, 600_000)
