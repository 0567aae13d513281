export function measureSlowness(): number;
export function deadline(ms: number): number;
