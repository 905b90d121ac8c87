// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

/** Text format of a reading; {@link ReadingWriter} shows an example of each. */
public enum ReadingFormat {
    /** The contract device-reading/v1. */
    JSON,
    /** The format of the tutorial systems: {@code client} for the device, and a time in whole seconds without a zone. */
    LEGACY
}
