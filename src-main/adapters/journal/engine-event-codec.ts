import { ENGINE_EVENT_VERSION, engineEventSchema, type EngineEvent } from '#domain/engine-event';
import type { EventCodec } from '#ports/journal-port';
import { zodEventCodec } from './event-codec';
import { EVENT_UPGRADES } from './upgrades/event-upgrades';

/** How the engine's events are stored. */
export const engineEventCodec: EventCodec<EngineEvent> = zodEventCodec<EngineEvent>(
  engineEventSchema,
  ENGINE_EVENT_VERSION,
  EVENT_UPGRADES,
);
