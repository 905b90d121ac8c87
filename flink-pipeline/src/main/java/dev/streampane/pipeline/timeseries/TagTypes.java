// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.timeseries.TimeSeriesRow.Type;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * Tells a tag's type by its name, so that a name has one type for ever.
 *
 * @param integers names of tags of whole numbers; this is asked first
 * @param strings names of tags of texts; all others are of numbers
 */
public record TagTypes(Pattern integers, Pattern strings) implements Serializable {

    /** What the job's options say. */
    public static TagTypes of(JobConfig config) {
        return new TagTypes(config.get(JobOption.INTEGER_NAMES), config.get(JobOption.STRING_NAMES));
    }

    /** The type of the tag with this name. */
    public Type of(String name) {
        if (integers.matcher(name).matches()) {
            return Type.INTEGER;
        }
        return strings.matcher(name).matches() ? Type.STRING : Type.DOUBLE;
    }
}
