/** Why a port could not be listened on, as an operator is told. @param setting the variable that names the port */
export function listenFault(error: unknown, setting: string, port: number): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  return new Error(`port ${port} is taken by another program. Stop that, or set ${setting} to a free port.`, {
    cause: error,
  });
}
