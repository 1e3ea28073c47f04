using Kiln.Gpu.Compiler;

return OneClass.IsAsked(args) ? OneClass.Run(args) : 0;
