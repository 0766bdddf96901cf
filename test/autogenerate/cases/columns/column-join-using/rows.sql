SELECT j.id, ab, n, big::int FROM joined j, event
