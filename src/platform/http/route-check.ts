import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { routes } from '@aerie/protocol';
import { openKey, routeKey } from './serves.decorator.js';

/** At start: every row of the route table is served once, and nothing is served that is not in the table. */
@Injectable()
export class RouteCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const served = this.handlers().map(({ place, handler }) => {
      const route: unknown = Reflect.getMetadata(routeKey, handler);
      const name = Object.entries(routes).find(([, row]) => row === route)?.[0];
      const isOpen = Reflect.getMetadata(openKey, handler) === true;
      if (name === undefined && !isOpen)
        throw new Error(`${place} serves no row of the route table; write @Serves(routes.…) above it`);
      return name;
    });
    for (const name of Object.keys(routes)) {
      const times = served.filter((one) => one === name).length;
      if (times !== 1)
        throw new Error(
          `the route ${name} is served ${times} times; exactly one controller method must say @Serves(routes.${name})`,
        );
    }
  }

  private handlers(): { place: string; handler: object }[] {
    return this.discovery.getControllers().flatMap(({ instance, name }) => {
      const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
      return this.scanner
        .getAllMethodNames(prototype)
        .map((method) => ({ place: `${String(name)}.${method}`, handler: prototype[method]! }))
        .filter(({ handler }) => Reflect.hasMetadata('path', handler));
    });
  }
}
