// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        return add(JobOption.of(name, fallback, type, help));
    }

    /** The same of one that has a place of its own in {@code --help}. */
    public <T> JobOption<T> add(JobOption<T> option) {
        named.add(option);
        return option;
    }

    List<JobOption<?>> all() {
        List<JobOption<?>> all = new ArrayList<>(named);
        JobOption.COMMON.stream()
                .filter(option -> option.kinds().contains(kind))
                .forEach(all::add);
        return inOrder(all);
    }

    /** In the order of {@code --help}, the first of each name. */
    static List<JobOption<?>> inOrder(Collection<JobOption<?>> options) {
        Map<String, JobOption<?>> byName = new LinkedHashMap<>();
        options.forEach(option -> byName.putIfAbsent(option.name(), option));
        return byName.values().stream().sorted(JobOption.ORDER).toList();
    }
}
