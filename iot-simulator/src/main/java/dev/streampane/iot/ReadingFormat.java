// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

/** The text that a reading becomes; {@link ReadingWriter} shows each. */
public enum ReadingFormat {
    /** The contract device-reading/v1. */
    JSON,
    /** The format of the tutorial systems: {@code client} for the device and a zone-less time in whole seconds. */
    LEGACY
}
