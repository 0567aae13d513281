import { type DynamicModule, Module } from '@nestjs/common';
import { WebBuild } from './web-build.js';
import { WebController } from './web.controller.js';

@Module({})
export class WebModule {
  static for(build: WebBuild): DynamicModule {
    return {
      module: WebModule,
      controllers: [WebController],
      providers: [{ provide: WebBuild, useValue: build }],
    };
  }
}
