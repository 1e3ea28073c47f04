/*
 * A driver of CUDA for tests where there is none: memory is the host's, and kernels do nothing. It writes down every call that does something (fake_log), with what each launch got as
 * its kernel's parameters. The functions are declared as in cuda.h. What it pretends is set by fake_set.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int CUresult, CUdevice;
typedef unsigned long long CUdeviceptr;
typedef struct { char name[64]; int count; int bytes[64]; } *CUfunction;
typedef struct { int count; CUfunction kernels[64]; } *CUmodule;
typedef struct { char text[65536]; } *CUgraph, *CUgraphExec;
typedef void *CUcontext, *CUstream, *CUevent;

static int version = 12040, devices = 1, major = 9, minor = 0, most = 1 << 30, refuse = 0, fail = 0;
static char lines[1 << 20];
static CUgraph capture = 0;
/* A device's first stream, and the one for what is copied beside its work. */
static int context = 0, stream = 0, beside = 0, streams = 0;

int fake_set(const char *what, int value)
{
    if (!strcmp(what, "version")) version = value;
    else if (!strcmp(what, "devices")) devices = value;
    else if (!strcmp(what, "capability")) { major = value / 10; minor = value % 10; }
    else if (!strcmp(what, "most")) most = value;
    else if (!strcmp(what, "refuse")) refuse = value;
    else if (!strcmp(what, "fail")) fail = value;
    else return 1;
    return 0;
}

/* The calls since the last time, one a line. */
const char *fake_log(void)
{
    static char copy[1 << 20];
    strcpy(copy, lines);
    lines[0] = 0;
    return copy;
}

static void say(const char *format, ...)
{
    char line[4096];
    va_list rest;
    va_start(rest, format);
    vsnprintf(line, sizeof line - 1, format, rest);
    va_end(rest);
    strcat(line, "\n");
    strcat(capture ? capture->text : lines, line);
}

static const char *where(CUstream s) { return s == &stream ? "" : s == &beside ? " beside" : " nowhere"; }

CUresult cuInit(unsigned int flags) { return devices ? 0 : 100; }
CUresult cuDriverGetVersion(int *v) { *v = version; return 0; }
CUresult cuGetErrorName(CUresult error, const char **text) { *text = error == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS" : error == 218 ? "CUDA_ERROR_INVALID_PTX" : "CUDA_ERROR_OTHER"; return 0; }
CUresult cuGetErrorString(CUresult error, const char **text) { *text = "what a driver would say"; return 0; }
CUresult cuDeviceGetCount(int *count) { *count = devices; return 0; }
CUresult cuDeviceGet(CUdevice *device, int number) { *device = 40 + number; return number < devices ? 0 : 101; }
CUresult cuDeviceGetName(char *name, int length, CUdevice device) { snprintf(name, length, "Fake %d", device - 40); return 0; }
CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) { *value = attribute == 75 ? major : attribute == 76 ? minor : -1; return 0; }
CUresult cuDevicePrimaryCtxRetain(CUcontext *c, CUdevice device) { *c = &context; say("retain %d", device - 40); return 0; }
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) { say("release %d", device - 40); return 0; }
CUresult cuCtxSetCurrent(CUcontext c) { return c == &context ? 0 : 201; }

CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes)
{
    if (bytes > (size_t)most) return 2;
    /* What is new is not zero. */
    *address = (CUdeviceptr)(uintptr_t)memset(malloc(bytes), 0xAB, bytes);
    say("allocate %zu", bytes);
    return 0;
}

CUresult cuMemFree_v2(CUdeviceptr address) { free((void *)(uintptr_t)address); say("free"); return 0; }
CUresult cuMemGetInfo_v2(size_t *left, size_t *total) { *left = most; *total = 2 * (size_t)most; return 0; }
CUresult cuMemHostAlloc(void **memory, size_t bytes, unsigned int flags) { *memory = malloc(bytes); say("lock %zu %u", bytes, flags); return 0; }
CUresult cuMemFreeHost(void *memory) { free(memory); say("unlock"); return 0; }
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void *source, size_t bytes, CUstream s) { if (s != &stream && s != &beside) return 1; memcpy((void *)(uintptr_t)target, source, bytes); say("up %zu%s", bytes, where(s)); return 0; }
CUresult cuMemcpyDtoHAsync_v2(void *target, CUdeviceptr source, size_t bytes, CUstream s) { if (s != &stream) return 1; memcpy(target, (void *)(uintptr_t)source, bytes); say("down %zu", bytes); return 0; }
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source, size_t bytes, CUstream s) { if (s != &stream) return 1; if (!capture) memcpy((void *)(uintptr_t)target, (void *)(uintptr_t)source, bytes); say("copy %zu", bytes); return 0; }
CUresult cuMemsetD8Async(CUdeviceptr target, unsigned char value, size_t count, CUstream s) { if (s != &stream) return 1; if (!capture) memset((void *)(uintptr_t)target, value, count); say("set %zu to %d", count, value); return 0; }

CUresult cuStreamCreate(CUstream *s, unsigned int flags) { *s = streams++ ? &beside : &stream; say("stream %u%s", flags, where(*s)); return 0; }
CUresult cuStreamSynchronize(CUstream s) { say("wait%s", where(s)); return fail; }
CUresult cuStreamDestroy_v2(CUstream s) { streams--; say("destroy stream%s", where(s)); return 0; }
CUresult cuStreamWaitEvent(CUstream s, CUevent event, unsigned int flags) { say("await event%s", where(s)); return flags; }
CUresult cuStreamBeginCapture_v2(CUstream s, int mode) { if (capture || s != &stream || mode != 1) return 901; capture = calloc(1, sizeof *capture); return 0; }
CUresult cuStreamEndCapture(CUstream s, CUgraph *graph) { if (!capture || s != &stream) return 901; *graph = capture; capture = 0; return 0; }
CUresult cuEventCreate(CUevent *event, unsigned int flags) { *event = malloc(1); return flags == 2 ? 0 : 1; }
CUresult cuEventRecord(CUevent event, CUstream s) { say("record%s", where(s)); return 0; }
CUresult cuEventSynchronize(CUevent event) { say("await"); return 0; }
CUresult cuEventDestroy_v2(CUevent event) { free(event); return 0; }

CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long flags) { *executable = malloc(sizeof **executable); **executable = *graph; say("instantiate %llu", flags); return 0; }
CUresult cuGraphLaunch(CUgraphExec executable, CUstream s) { if (s != &stream) return 1; say("graph {"); strcat(lines, executable->text); say("}"); return 0; }
CUresult cuGraphExecDestroy(CUgraphExec executable) { free(executable); say("forget"); return 0; }
CUresult cuGraphDestroy(CUgraph graph) { free(graph); say("drop"); return 0; }

/* Kernels and the sizes of their parameters, as the PTX declares them: .param .b32 NAME, or .param .align 8 .b8 NAME[BYTES]. */
CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int count, int *options, void **values)
{
    if (refuse)
    {
        for (unsigned int i = 0; i < count; i++)
            if (options[i] == 5 && i + 1 < count && options[i + 1] == 6) snprintf(values[i], (size_t)(uintptr_t)values[i + 1], "ptxas error   : line 7 is wrong");
        return 218;
    }
    *module = calloc(1, sizeof **module);
    for (const char *at = image; (at = strstr(at, ".entry ")) != 0;)
    {
        CUfunction kernel = calloc(1, sizeof *kernel);
        at += 7;
        sscanf(at, "%63[A-Za-z0-9_]", kernel->name);
        for (const char *end = strchr(at, ')'), *next; (next = strstr(at, ".param ")) != 0 && next < end; at = next + 1)
        {
            int bytes = 0;
            const char *comma = next + strcspn(next, ",)"), *bracket = memchr(next, '[', comma - next);
            if (bracket) bytes = atoi(bracket + 1);
            else bytes = atoi(strchr(next + 7, '.') + 2) / 8;
            kernel->bytes[kernel->count++] = bytes;
        }
        (*module)->kernels[(*module)->count++] = kernel;
    }
    say("load %d", (*module)->count);
    return 0;
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
    for (int i = 0; i < module->count; i++)
        if (!strcmp(module->kernels[i]->name, name)) return *function = module->kernels[i], 0;
    return 500;
}

CUresult cuModuleUnload(CUmodule module) { say("unload"); return 0; }

CUresult cuLaunchKernel(CUfunction f, unsigned int gx, unsigned int gy, unsigned int gz, unsigned int bx, unsigned int by, unsigned int bz, unsigned int shared, CUstream s, void **parameters, void **extra)
{
    char text[2048] = "";
    if (s != &stream || extra) return 1;
    if (fail) return fail;
    for (int i = 0; i < f->count; i++)
    {
        char one[128];
        if (f->bytes[i] == 16)
        {
            /* A view: the first float there, and how many there may be. */
            float *first = *(float **)parameters[i];
            snprintf(one, sizeof one, " [%g..%lld]", *first, ((long long *)parameters[i])[1]);
        }
        else snprintf(one, sizeof one, " %d", *(int *)parameters[i]);
        strcat(text, one);
    }
    say("%s<%u,%u,%u; %u,%u,%u; %u>%s", f->name, gx, gy, gz, bx, by, bz, shared, text);
    return 0;
}
