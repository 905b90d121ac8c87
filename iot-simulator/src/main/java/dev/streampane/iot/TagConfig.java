// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.iot.tags.TagSettings;
import dev.streampane.iot.tags.TagSettings.Names;
import dev.streampane.iot.tags.TagSettings.Numbers;

/** The tags' settings as their package takes them. */
final class TagConfig {

    private TagConfig() {}

    /**
     * @param seed where the tags have none of their own
     */
    static TagSettings settings(IotConfig.Tags tags, long seed) {
        return new TagSettings(
                numbers(tags.integers()),
                numbers(tags.doubles()),
                names(tags.strings()),
                tags.strings().texts(),
                tags.rowsPerMessage(),
                tags.old().probability(),
                tags.old().by(),
                tags.seed().orElse(seed));
    }

    private static Numbers numbers(IotConfig.NumberTags tags) {
        return new Numbers(names(tags), tags.min(), tags.max());
    }

    private static Names names(IotConfig.TagNames tags) {
        return new Names(tags.prefix(), tags.first(), tags.count());
    }
}
