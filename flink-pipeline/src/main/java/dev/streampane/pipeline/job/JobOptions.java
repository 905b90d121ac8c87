// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The options of one job: those of its kind, others that it names, and those that it declares. */
public final class JobOptions {

    private final JobKind kind;
    private final List<JobOption<?>> named;

    /**
     * For {@link Job}.
     *
     * @param named options that the kind does not have, or that have another default in this job
     */
    public JobOptions(JobKind kind, JobOption<?>... named) {
        this.kind = kind;
        this.named = new ArrayList<>(List.of(named));
    }

    /** Declares an option that only this job has; for the initialisation of constants. */
    public <T> JobOption<T> add(String name, String fallback, OptionType<T> type, String help) {
        JobOption<T> option = JobOption.of(name, fallback, type, help);
        named.add(option);
        return option;
    }

    /** The options in the order of {@code --help}: those that are declared in {@link JobOption}, then the job's own. */
    List<JobOption<?>> all() {
        Map<String, JobOption<?>> all = new LinkedHashMap<>();
        Stream.concat(JobOption.COMMON.stream(), named.stream()).forEach(option -> all.put(option.name(), option));
        all.values().removeIf(option -> !named.contains(option) && !option.isOf(kind));
        return List.copyOf(all.values());
    }
}
