// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.util.Arrays;

/** An input's key or value as it is passed on beside the results. */
final class RawBytes {

    /** So much of a key or value is passed on; headers say where the whole lies. */
    static final int MAX_BYTES = 1 << 20;

    private RawBytes() {}

    /**
     * The first {@link #MAX_BYTES}: a compressed batch can hold a record that is larger than any topic takes, and it must not end the job.
     */
    static byte[] cut(byte[] bytes) {
        return bytes == null || bytes.length <= MAX_BYTES ? bytes : Arrays.copyOf(bytes, MAX_BYTES);
    }
}
