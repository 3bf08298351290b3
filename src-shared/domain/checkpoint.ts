import * as z from 'zod';
import { stateSnapshotSchema } from '#domain/state-snapshot';

/** The state at a position of the journal: a cache that may be deleted, never more than the journal says. */
export const checkpointSchema = z.strictObject({
  position: z.strictObject({ sequence: z.int().nonnegative(), checksum: z.string() }),
  snapshot: stateSnapshotSchema.nullable(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** The version of the checkpoint's shape; another one is simply not used. */
export const CHECKPOINT_VERSION = 1;
/** No checkpoint: replay from the start. */
export const NO_CHECKPOINT: Checkpoint = { position: { sequence: 0, checksum: '' }, snapshot: null };
